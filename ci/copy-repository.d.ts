/** Copies the checkout with its build into a folder; modules are linked. */
export function copyRepository(target: string): void;
