export { FacebookAdsSource } from './source.js';
