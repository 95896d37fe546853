export { Ga4EventsSource } from './source.js';
