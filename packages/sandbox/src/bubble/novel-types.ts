import type { Shop } from '../shop/model.js';
import type { BubbleEnvironment } from './app.js';
import { type BubbleField, type BubbleType, field, type OptionSets } from './schema.js';

const AUTHENTICATION: BubbleField = { id: 'authentication', display: 'authentication', type: 'authentication' };
const SIGNED_UP: BubbleField = { id: 'user_signed_up', display: 'user_signed_up', type: 'boolean' };

const OPTIONS: OptionSets = {
  os_gender: [
    { slug: 'male', display: 'male' },
    { slug: 'female', display: 'female' },
  ],
  os_status: [
    { slug: 'pending', display: 'pending' },
    { slug: 'done', display: 'done' },
  ],
};

/** The four types of the Novel app. Field names are those that the published SQL reads, in any case. */
const NOVEL_TYPES: readonly BubbleType[] = [
  {
    name: 'user',
    display: 'User',
    fields: [
      AUTHENTICATION,
      SIGNED_UP,
      field('First Name', 'text'),
      field('Last Name', 'text'),
      field('gender', 'option.os_gender'),
      field('interest', 'list.custom.category'),
      field('stripeCustomerId', 'text'),
    ],
    privacy: { hiddenFields: ['authentication', 'stripecustomerid_text'] },
  },
  { name: 'category', display: 'Category', fields: [field('name', 'text')] },
  {
    name: 'novel',
    display: 'Novel',
    fields: [
      field('image', 'image'),
      field('price', 'number'),
      field('title', 'text'),
      field('category', 'list.custom.category'),
      field('description', 'text'),
    ],
  },
  {
    name: 'order',
    display: 'Order',
    fields: [
      field('novel', 'custom.novel'),
      field('status', 'option.os_status'),
      field('recommended_interest', 'text'),
    ],
    privacy: { isFindable: false },
  },
];

/** Fills an environment with the shop's things. Empty fields are left out. */
export function fillWithShop(environment: BubbleEnvironment, shop: Shop): void {
  environment.defineOptions(OPTIONS);
  for (const type of NOVEL_TYPES) environment.define(type);
  insertUsers(environment, shop);
  for (const category of shop.categories) {
    environment
      .table('category')
      .insert({ ...category, slug: category.name.replaceAll(' ', '-'), values: { name_text: category.name } });
  }
  for (const novel of shop.novels) {
    const values = {
      image_image: novel.image,
      price_number: novel.priceMinor / 100,
      title_text: novel.title,
      category_list_custom_category: novel.categoryIds.length > 0 ? novel.categoryIds : undefined,
      description_text: novel.description,
    };
    environment.table('novel').insert({ ...novel, values: filled(values) });
  }
  for (const order of shop.orders) {
    const { id, createdMs, modifiedMs, userId: createdBy } = order;
    const values = { novel_custom_novel: order.novelId, status_option_os_status: order.status };
    environment.table('order').insert({ id, createdMs, modifiedMs, createdBy, values });
  }
}

function insertUsers(environment: BubbleEnvironment, shop: Shop): void {
  for (const user of shop.users) {
    const { id, createdMs, modifiedMs } = user;
    const values = {
      authentication: { email: { email: user.email, email_confirmed: user.stripeCustomerId !== undefined } },
      user_signed_up: true,
      first_name_text: user.firstName,
      last_name_text: user.lastName,
      gender_option_os_gender: user.gender,
      interest_list_custom_category: user.interestIds.length > 0 ? user.interestIds : undefined,
      stripecustomerid_text: user.stripeCustomerId,
    };
    environment.table('user').insert({ id, createdMs, modifiedMs, values: filled(values) });
  }
}

function filled(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
