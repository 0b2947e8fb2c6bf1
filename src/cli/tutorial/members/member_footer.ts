import type { Footer } from '../screen.ts'
import type { Member } from './member.ts'
import { changedMembers, memberLines } from './member_lines.ts'

/** Shows the members below a document that is played; where that cannot be, tells each change in a line. */
export function memberFooter(look: () => readonly Member[]): Footer {
  let told: readonly Member[] = []
  return {
    lines: (columns) => {
      const members = look()
      return members.length === 0 ? [] : [`${'─'.repeat(3)} members ${'─'.repeat(3)}`, ...memberLines(members, columns)]
    },
    news: () => {
      const members = look()
      const changed = changedMembers(told, members)
      told = members
      return memberLines(changed).map((line) => `[members] ${line}`)
    },
  }
}
