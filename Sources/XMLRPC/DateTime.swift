/// A `<dateTime.iso8601>`: date and time of day without a time zone, which XML-RPC leaves to the two sides.
///
/// Always a date of the proleptic Gregorian calendar, years 1 to 9999, seconds 0 to 59.
package struct DateTime: Sendable, Hashable {
    /// 1 to 9999.
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// From 1 to the length of the month.
    package let day: Int
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 59: there are no leap seconds.
    package let second: Int

    /// Returns nil when the parts name no instant of the calendar.
    package init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard 1...9999 ~= year, 1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day,
            0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Reads `20260131T23:59:59`, the one form the XML-RPC specification shows; returns nil for every other text.
    package init?(_ text: some StringProtocol) {
        self.init(ascii: Array(text.utf8))
    }

    init?(ascii: [UInt8]) {
        guard ascii.count == 17, ascii[8] == UInt8(ascii: "T"), ascii[11] == UInt8(ascii: ":"),
            ascii[14] == UInt8(ascii: ":")
        else { return nil }
        let fields = [0..<4, 4..<6, 6..<8, 9..<11, 12..<14, 15..<17].compactMap { Self.number(ascii[$0]) }
        guard fields.count == 6 else { return nil }
        self.init(
            year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4], second: fields[5])
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

extension DateTime: CustomStringConvertible {
    /// The form on the wire, `20260131T23:59:59`.
    package var description: String {
        let date = Self.padded(year, to: 4) + Self.padded(month) + Self.padded(day)
        return date + "T" + Self.padded(hour) + ":" + Self.padded(minute) + ":" + Self.padded(second)
    }

    private static func padded(_ number: Int, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension DateTime: Comparable {
    package static func < (left: DateTime, right: DateTime) -> Bool {
        (left.year, left.month, left.day, left.hour, left.minute, left.second)
            < (right.year, right.month, right.day, right.hour, right.minute, right.second)
    }
}
