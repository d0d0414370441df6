/** One value that Prometheus would read. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads the text format of Prometheus. Throws for a line that is neither a comment nor a sample. */
export const parseSamples = (text: string): Sample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      if (name === undefined) throw new Error(`not a sample: ${line}`)
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text] as const)
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })

/** Asks a service for its metrics. `value` gives one sample's; undefined when there is none with these labels. */
export const scrape = async (ops: string) => {
  const response = await fetch(`${ops}/metrics`)
  const text = await response.text()
  const samples = parseSamples(text)
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text,
    samples,
    value: (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
      samples.find(
        (sample) =>
          sample.name === `visavis_${name}` &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )?.value,
  }
}
