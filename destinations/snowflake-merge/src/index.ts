export { SnowflakeDestination } from './snowflake-destination.js';
