import type { StatsSummary } from '../../api/stats_summary.ts'
import { http } from '../node_http.ts'

const SUMMARY_MS_MAX = 10_000
const SUMMARY_BYTES_MAX = 16 * 1024 * 1024

/** Asks a node's agent what the node uses. @throws Error when it does not answer */
export function readAgentSummary(socketPath: string): Promise<StatsSummary> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, path: '/stats/summary', timeout: SUMMARY_MS_MAX })
    request.on('timeout', () => request.destroy(new Error('the node agent does not answer')))
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: string[] = []
      let length = 0
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        length += chunk.length
        if (length > SUMMARY_BYTES_MAX) request.destroy(new Error('the node agent says too much'))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`the node agent answered ${response.statusCode}`))
        try {
          resolve(JSON.parse(chunks.join('')) as StatsSummary)
        } catch (error) {
          reject(error)
        }
      })
    })
    request.end()
  })
}
