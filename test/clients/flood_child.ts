import { Agent, request } from 'node:https'

/**
 * A user who asks for the same large list on many connections, as fast as it is answered. Prints how
 * often each status came, when it is told to end.
 */
const [server = '', ca = '', token = '', path = '', connections = '1'] = JSON.parse(process.argv[2] ?? '[]') as string[]
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections), ca })
const counts: Record<string, number> = {}

function ask(): void {
  const asked = request(`${server}${path}`, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
    counts[response.statusCode ?? 0] = (counts[response.statusCode ?? 0] ?? 0) + 1
    response.on('data', () => {})
    response.on('close', ask)
  })
  asked.on('error', () => setTimeout(ask, 100))
  asked.end()
}

process.on('SIGTERM', () => {
  process.stdout.write(JSON.stringify(counts), () => process.exit(0))
})
for (let index = 0; index < Number(connections); index++) ask()
