import { runDestination } from '@cuttle/airbyte-cdk';
import { SnowflakeDestination } from './snowflake-destination.js';

void runDestination(new SnowflakeDestination());
