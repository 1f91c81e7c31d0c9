/// The text of `<dateTime.iso8601>`: date and time of day without a time zone, which XML-RPC leaves to the two sides.
enum DateTime {
    /// With the separators ISO 8601 has for people, `2026-01-31T23:59:58`.
    ///
    /// - Parameter text: `20260131T23:59:58`, the one form the XML-RPC specification shows.
    /// - Returns: nil for every other text, and for no moment of the Gregorian calendar of the years 1 to 9999.
    static func isoText(_ text: [UInt8]) -> String? {
        guard text.count == 17, text[8] == UInt8(ascii: "T"), text[11] == UInt8(ascii: ":"),
            text[14] == UInt8(ascii: ":")
        else { return nil }
        let fields = [0..<4, 4..<6, 6..<8, 9..<11, 12..<14, 15..<17].compactMap { number(text[$0]) }
        guard fields.count == 6, 1...9999 ~= fields[0], 1...12 ~= fields[1],
            1...days(inMonth: fields[1], of: fields[0]) ~= fields[2], 0...23 ~= fields[3], 0...59 ~= fields[4],
            0...59 ~= fields[5]
        else { return nil }
        let parts = [text[..<4], text[4..<6], text[6...]].map { String(decoding: $0, as: UTF8.self) }
        return parts.joined(separator: "-")
    }

    /// At most four digits ever arrive here, so the sum cannot overflow.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
