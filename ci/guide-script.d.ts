/** One bash script of the code blocks of a page. @param ready file that what runs in the second shell writes */
export function guideScript(page: string, ready?: string): string;
