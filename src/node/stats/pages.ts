import type { NodeStatsSource } from './node_stats.ts'
import { resourceMetricsText } from './resource_metrics.ts'

export interface StatsPage {
  readonly contentType: string
  readonly text: string
}

/** Answers the paths at which a kubelet tells what its node uses; undefined for every other path. */
export type StatsPages = (path: string) => Promise<StatsPage | undefined>

const SUMMARY_PATH = '/stats/summary'
const RESOURCE_METRICS_PATH = '/metrics/resource'

export function createStatsPages(source: NodeStatsSource): StatsPages {
  return async (path) => {
    switch (path.split('?')[0]) {
      case SUMMARY_PATH:
        return { contentType: 'application/json', text: JSON.stringify(await source.summary()) }
      case RESOURCE_METRICS_PATH:
        return {
          contentType: 'text/plain; version=0.0.4; charset=utf-8',
          text: resourceMetricsText(await source.summary()),
        }
      default:
        return undefined
    }
  }
}
