// The name of a connector in the forms that files need, and their text made from a template that is called acme.

/** Names become folders, npm names, images and classes. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_LENGTH = 40;

/** Stands in templates for the version of the repository, and for the connector's id. */
const VERSION = /\b0\.0\.0\b/g;
const DEFINITION_ID = '00000000-0000-4000-8000-000000000000';

/** @throws with what is wrong, unless it can be the name of a connector */
function checkName(name) {
  if (!NAME.test(name) || name.length > MAX_LENGTH) {
    throw new Error(
      `"${name}" cannot be the name of a connector: lower case letters and digits, words joined by -, ` +
        `a letter first, at most ${MAX_LENGTH} characters, such as acme or acme-orders.`,
    );
  }
  if (/^(source|destination)-/.test(name)) {
    throw new Error(`Leave out "${name.split('-')[0]}-": the folder says it already.`);
  }
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

/** The forms of `acme-orders`. */
function formsOf(name) {
  const words = name.split('-');
  const pascal = words.map(capital).join('');
  return {
    kebab: name,
    pascal,
    camel: pascal[0].toLowerCase() + pascal.slice(1),
    upper: name.toUpperCase().replaceAll('-', '_'),
    title: words.map(capital).join(' '),
  };
}

/** A template's text or path for a connector. In identifiers the name is followed by a capital letter. */
function fillIn(text, name, { version, definitionId }) {
  const { kebab, pascal, camel, upper, title } = formsOf(name);
  return text
    .replace(/ACME/g, upper)
    .replace(/Acme(?=[A-Z])/g, pascal)
    .replace(/acme(?=[A-Z])/g, camel)
    .replace(/Acme/g, title)
    .replace(/acme/g, kebab)
    .replaceAll(DEFINITION_ID, definitionId)
    .replace(VERSION, version);
}

module.exports = { checkName, fillIn };
