/// All samples of one name, with what they mean.
package struct MetricFamily: Sendable {
    /// What a scraper may do with the numbers.
    package enum Kind: String, Sendable, Hashable { case counter, gauge, histogram }

    /// Without the `_total` of a counter, which the exposition adds.
    package let name: String
    /// What the numbers mean, in a sentence.
    package let help: String
    package let kind: Kind
    /// Reads the numbers of this moment.
    package let collect: @Sendable () async -> [MetricSample]

    /// A family whose numbers somebody else keeps: they are asked for at each scrape.
    package init(
        _ name: String, _ kind: Kind, help: String, collect: @escaping @Sendable () async -> [MetricSample]
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.collect = collect
    }

    /// A family of one number.
    package static func gauge(
        _ name: String, _ help: String, value: @escaping @Sendable () async -> Double?
    ) -> MetricFamily {
        MetricFamily(name, .gauge, help: help) { await value().map { [MetricSample($0)] } ?? [] }
    }
}
