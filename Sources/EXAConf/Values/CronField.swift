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
    package func allows(_ text: String) -> Bool { numbers(text) != nil }

    /// The numbers a text stands for, Sunday as 0; `nil` for a text the field does not allow.
    ///
    /// A number with a step, `5/15`, begins there and goes on to the end of the range.
    package func numbers(_ text: String) -> Set<Int>? {
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let some = self.numbers(part: Blanks.trimmed(part)) else { return nil }
            numbers.formUnion(some)
        }
        return self == .weekday ? Set(numbers.map { $0 % 7 }) : numbers
    }

    private func numbers(part: String) -> StrideThrough<Int>? {
        let steps = part.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count < 3, let first = steps.first, let span = span(String(first), goesOn: steps.count == 2) else {
            return nil
        }
        guard steps.count == 2 else { return stride(from: span.lowerBound, through: span.upperBound, by: 1) }
        guard let step = decimal(steps[1]), step > 0, step <= range.upperBound + 1 else { return nil }
        return stride(from: span.lowerBound, through: span.upperBound, by: step)
    }

    /// - Parameter goesOn: Whether a single number is the first of all that follow.
    private func span(_ text: String, goesOn: Bool) -> ClosedRange<Int>? {
        if text == "*" { return self == .weekday ? 0...6 : range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
        guard ends.count < 3, let first = ends.first, let lower = first, range.contains(lower) else { return nil }
        guard ends.count == 2 else { return lower...(goesOn ? range.upperBound : lower) }
        guard let upper = ends[1], range.contains(upper), lower <= upper else { return nil }
        return lower...upper
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
