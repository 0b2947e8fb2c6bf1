/** Labels of nodes that were renamed long ago, and what upstream says of them. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  ['scheduler.alpha.kubernetes.io/preferAvoidPods', 'deprecated since v1.22; use Taints and Tolerations instead'],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
])

/** What is to be said of a node's label; nothing for most. */
export const deprecatedLabelMessage = (key: string): string | undefined => MESSAGES.get(key)

interface Expression {
  readonly key: string
  readonly values?: readonly string[]
}

/** The same for the expressions of a selector that stands at `at`. */
export const deprecatedExpressionWarnings = (expressions: readonly Expression[] = [], at: string): string[] =>
  expressions.flatMap(({ key }, index) => {
    const message = deprecatedLabelMessage(key)
    return message === undefined ? [] : [`${at}.matchExpressions[${index}].key: ${key} is ${message}`]
  })
