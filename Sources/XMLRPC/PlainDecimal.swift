/// Decimal text without an exponent, the only form that XML-RPC has for a double.
enum PlainDecimal {
    /// The shortest digits that read back as the same number, which must be finite.
    static func text(of number: Double) -> String {
        let shortest = number.description
        guard let mark = shortest.firstIndex(of: "e"), let exponent = Int(shortest[shortest.index(after: mark)...])
        else { return shortest }
        let mantissa = shortest[..<mark].drop { $0 == "-" }
        let parts = mantissa.split(separator: ".", maxSplits: 1)
        let whole = parts.first.map(String.init) ?? "0"
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        let digits = whole + fraction
        return (number.sign == .minus ? "-" : "") + place(digits, pointAfter: whole.count + exponent)
    }

    private static func place(_ digits: String, pointAfter position: Int) -> String {
        if position <= 0 { return "0." + String(repeating: "0", count: -position) + digits }
        if position >= digits.count { return digits + String(repeating: "0", count: position - digits.count) + ".0" }
        return digits.prefix(position) + "." + digits.dropFirst(position)
    }
}
