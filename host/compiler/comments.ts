// Strings come first, as they may hold what looks like a comment.
const TOKENS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * A library's source without its comments, which take asc's parser a quarter of its time.
 *
 * What is left stays on its line and in its column. Not for source that has
 * regular expressions, or template literals in one another.
 */
export function withoutComments(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith("//")) return "";
    return token.startsWith("/*") ? token.replace(/[^\n]/g, " ").replace(/ +$/gm, "") : token;
  });
}
