/** One part of `npm test`, with the time that it may take on two cores. */
export interface Suite {
  readonly name: string
  readonly about: string
  readonly budgetSeconds: number
  /** Patterns of `node:test` files … */
  readonly files?: readonly string[]
  /** … or a command, run in the project's folder. */
  readonly command?: readonly string[]
  /** Test files at once; two unless said. */
  readonly concurrency?: number
}

export interface SuiteResult {
  readonly passed: number
  readonly failed: number
}

const node = process.execPath

/** In the order in which they run: what fails fastest comes first. */
export const suites: readonly Suite[] = [
  { name: 'types', about: 'the compiler accepts everything', budgetSeconds: 60, command: ['node_modules/.bin/tsc'] },
  {
    name: 'lint',
    about: 'style and common mistakes',
    budgetSeconds: 60,
    command: ['node_modules/.bin/biome', 'check', '.'],
  },
  { name: 'tidy', about: 'layers, sizes and habits', budgetSeconds: 60, files: ['test/tidy/*.test.ts'] },
  {
    name: 'unit',
    about: 'each part on its own',
    budgetSeconds: 300,
    files: ['src/**/*.test.ts', 'conformance/**/*.test.ts', 'test/fuzz/*.test.ts', 'test/proof/*.test.ts'],
  },
  {
    name: 'simulation',
    about: 'controllers under faults, in virtual time',
    budgetSeconds: 300,
    files: ['simulation/**/*.test.ts'],
  },
  {
    name: 'conformance',
    about: 'recorded answers of Kubernetes v1.36.3',
    budgetSeconds: 900,
    command: [node, 'test/conformance.ts'],
  },
  {
    name: 'cluster',
    about: 'whole clusters: processes, kubectl, containers',
    budgetSeconds: 600,
    files: ['test/cluster/*.test.ts'],
    concurrency: 1,
  },
  {
    name: 'clients',
    about: 'the clients that people use, against whole clusters',
    budgetSeconds: 600,
    files: ['test/clients/*.test.ts'],
    concurrency: 1,
  },
  {
    name: 'tutorials',
    about: 'the documents, command by command, on real containers',
    budgetSeconds: 1200,
    command: [node, 'test/tutorials.ts'],
  },
]
