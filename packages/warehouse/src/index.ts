export { type Cell, DuckdbWarehouse, type QueryResult, type WarehouseColumn } from './duckdb-warehouse.js';
