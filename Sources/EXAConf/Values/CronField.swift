/// The five fields of a schedule and what each may hold.
package enum CronField: String, Sendable, Hashable, CaseIterable {
    /// 0 … 59
    case minute = "Minute"
    /// 0 … 23
    case hour = "Hour"
    /// 1 … 31
    case day = "Day"
    /// 1 … 12
    case month = "Month"
    /// 0 … 7, both ends Sunday, or the English name of a day.
    case weekday = "Weekday"

    /// Numbers the field may hold.
    package var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    /// Whether a text is `*`, a number, a range, a list of those, each with an optional step (`*/15`).
    package func allows(_ text: String) -> Bool {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return parts.allSatisfy { allows(part: Blanks.trimmed($0)) }
    }

    private func allows(part: String) -> Bool {
        let steps = part.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count < 3, let span = steps.first, allows(span: String(span)) else { return false }
        guard steps.count == 2 else { return true }
        return decimal(steps[1]).map { $0 > 0 && $0 <= range.upperBound + 1 } ?? false
    }

    private func allows(span: String) -> Bool {
        if span == "*" { return true }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
        guard ends.count < 3, let first = ends.first, let lower = first else { return false }
        guard ends.count == 2 else { return range.contains(lower) }
        guard let upper = ends[1] else { return false }
        return range.contains(lower) && range.contains(upper) && lower <= upper
    }

    private func number(_ text: Substring) -> Int? {
        guard self == .weekday, !text.isEmpty, decimal(text) == nil else { return decimal(text) }
        let names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        let word = text.lowercased()
        return names.firstIndex { $0 == word || $0.prefix(3) == word }
    }

    private func decimal(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
