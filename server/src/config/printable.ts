/**
 * A line as it may be shown: much of it came from outside. What does not print would add lines, or steer the terminal
 * (ECMA-48), so it is written as its code.
 */
export function printable(line: string): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return line.replace(/[\p{C}\u2028\u2029]/gu, (character) => character.split('').map(code).join(''))
}
