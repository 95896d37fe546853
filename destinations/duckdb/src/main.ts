import { runDestination } from '@cuttle/airbyte-cdk';
import { DuckdbDestination } from './duckdb-destination.js';

void runDestination(new DuckdbDestination());
