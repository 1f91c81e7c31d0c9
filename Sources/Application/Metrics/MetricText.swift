/// Writes families in the forms scrapers read.
///
/// Prometheus text 0.0.4 and OpenMetrics 1.0 differ in the name of a counter's family, in units, and in the mark at the
/// end. Sources: the exposition formats of Prometheus, and the OpenMetrics specification.
package struct MetricText: Sendable {
    /// The form to write.
    package enum Form: String, Sendable, CaseIterable {
        case prometheus = "text/plain; version=0.0.4; charset=utf-8"
        case openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }

    private let form: Form
    /// What was written so far.
    package private(set) var text = ""

    /// An exposition without families.
    package init(_ form: Form) {
        self.form = form
    }

    /// Adds a family; one without samples says at least what it would mean.
    package mutating func add(_ family: MetricFamily, _ samples: [MetricSample]) {
        let isCounter = family.kind == .counter
        let title = isCounter && form == .prometheus ? family.name + "_total" : family.name
        text += "# HELP \(title) \(Self.escaped(family.help, quotes: form == .openMetrics))\n"
        text += "# TYPE \(title) \(family.kind.rawValue)\n"
        if form == .openMetrics, let unit = Self.unit(of: family.name) { text += "# UNIT \(title) \(unit)\n" }
        for sample in samples {
            let suffix = isCounter ? "_total" : sample.suffix
            text += "\(family.name)\(suffix)\(Self.labels(sample.labels)) \(Self.number(sample.value))\n"
        }
    }

    /// Marks the end, where the form has a mark.
    package mutating func finish() {
        if form == .openMetrics { text += "# EOF\n" }
    }

    /// A number in its shortest form, without a fraction where there is none.
    package static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return value.description
    }

    private static func labels(_ labels: [MetricSample.Label]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func unit(of name: String) -> String? {
        ["seconds", "bytes"].first { name.hasSuffix("_\($0)") }
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let isPlain = !text.utf8.contains { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }
        if isPlain { return text }
        return text.map { letter in
            switch letter {
            case "\\": "\\\\"
            case "\n", "\r\n": "\\n"
            case "\"" where quotes: "\\\""
            default: String(letter)
            }
        }.joined()
    }
}
