import type { Member } from './member.ts'

/** How to reach a database that was left running: commands for a shell with the cluster's KUBECONFIG. */
export function connectLines(members: readonly Member[]): string[] {
  const primary = members.find((member) => member.role === 'primary')
  if (primary === undefined) return []
  return [
    'the database runs on, too; a shell of its own, or a port on this machine:',
    `  kubectl exec -it ${primary.name} -c mysql -- mysql`,
    `  kubectl port-forward pod/${primary.name} 3306:3306    # then: mysql -h 127.0.0.1 -u root`,
  ]
}
