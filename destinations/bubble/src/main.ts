import { runDestination } from '@cuttle/airbyte-cdk';
import { BubbleDestination } from './bubble-destination.js';

void runDestination(new BubbleDestination());
