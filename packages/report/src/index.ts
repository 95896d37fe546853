export { type BuiltCard, type BuiltDashboard, buildDashboard } from './build-dashboard.js';
export type { CardDefinition, DashboardDefinition } from './definition.js';
