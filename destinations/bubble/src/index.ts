export { BubbleDestination } from './bubble-destination.js';
