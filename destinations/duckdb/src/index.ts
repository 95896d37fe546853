export { DuckdbDestination } from './duckdb-destination.js';
