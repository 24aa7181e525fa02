/** Lines of CSV files. */

/** The fields in a line of RFC 4180 without its line end; one that holds a comma, a quote or a line end is quoted. */
export function csvLine(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}
