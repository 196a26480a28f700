/** `1:02.5`, as players show moments. */
export function moment(seconds: number, digits = 0): string {
  const tenth = 10 ** digits;
  const rounded = Math.round(seconds * tenth) / tenth;
  const minutes = Math.floor(rounded / 60);
  const rest = (rounded - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits > 0 ? 3 + digits : 2, "0")}`;
}
