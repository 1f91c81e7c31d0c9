/// A line of what whoever runs a join sees.
package struct JoinLine: Sendable, Hashable {
    /// Where the right column begins.
    static let column = 40

    /// What was done, such as `files: 5`.
    package let text: String
    /// What came of it, such as how long it took.
    package let result: String
    /// The step it belongs to and how many there are; `nil` for what stands below a step.
    package let place: (number: Int, count: Int)?

    package static func == (left: JoinLine, right: JoinLine) -> Bool { left.shown == right.shown }

    package func hash(into hasher: inout Hasher) { hasher.combine(shown) }

    /// The line of a step, or one below it.
    package init(_ text: String, _ result: String = "", place: (number: Int, count: Int)? = nil) {
        (self.text, self.result, self.place) = (text, result, place)
    }

    /// It as it is printed, without a line end.
    package var shown: String {
        let head = place.map { "[\($0.number)/\($0.count)] " } ?? "      "
        let left = head + text
        guard !result.isEmpty else { return left }
        let gap = max(3, Self.column - left.unicodeScalars.count)
        return left + String(repeating: " ", count: gap) + result
    }

    /// A line before the steps: what it is about, and what that is.
    package static func fact(_ name: String, _ text: String) -> String {
        name + String(repeating: " ", count: max(1, 11 - name.unicodeScalars.count)) + text
    }

    /// Seconds with one digit behind the point, as in `0.4 s`.
    package static func seconds(_ duration: Duration) -> String {
        let tenths = Int(min(max((duration / .milliseconds(100)).rounded(), 0), 1e12))
        return "\(tenths / 10).\(tenths % 10) s"
    }

    /// A number with commas between its thousands.
    package static func grouped(_ number: Int) -> String {
        var text = ""
        let digits = String(number.magnitude)
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }
}
