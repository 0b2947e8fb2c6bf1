/**
 * Kubernetes' `$(NAME)`: replaced when the name is known, left as it stands when not; `$$` is a
 * plain `$`, so `$$(NAME)` stays `$(NAME)`.
 */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    return values.get(name) ?? whole
  })
}
