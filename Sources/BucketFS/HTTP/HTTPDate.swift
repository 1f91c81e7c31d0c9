import Glibc

/// Dates as headers have them (RFC 9110, 5.6.7).
enum HTTPDate {
    static var now: String { text(time(nil)) }

    /// - Parameter second: Since 1970.
    static func text(_ second: Int) -> String {
        var second = time_t(second)
        var parts = tm()
        gmtime_r(&second, &parts)
        var buffer = [CChar](repeating: 0, count: 40)
        // The daemon keeps the locale "C", so names of days and months are English.
        let count = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The second since 1970 a date names, in one of the three forms clients may use; `nil` for what is no date, or none
    /// that exists.
    static func second(_ text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "-" }.map(String.init)
        // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" or "Sun Nov  6 08:49:37 1994".
        let fields: [String]
        switch words.count {
        case 6 where words[0].hasSuffix(",") && words[5] == "GMT": fields = Array(words[1...4])
        case 5 where !words[0].hasSuffix(","): fields = [words[2], words[1], words[4], words[3]]
        default: return nil
        }
        let clock = fields[3].split(separator: ":", omittingEmptySubsequences: false).map { number($0) }
        guard let day = number(fields[0]), let month = months.firstIndex(of: fields[1]), let year = number(fields[2]),
            clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        var parts = tm()
        (parts.tm_mday, parts.tm_mon) = (day, Int32(month))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        // Two digits are of 1970 to 2069.
        parts.tm_year = year >= 100 ? year - 1900 : year >= 70 ? year : year + 100
        let moment = timegm(&parts)
        let isReal = second == 60 || parts.tm_mday == day && parts.tm_mon == Int32(month)
        return isReal && (1...31).contains(day) ? moment : nil
    }

    private static func number(_ text: some StringProtocol) -> Int32? {
        guard text.utf8.count <= 4, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else {
            return nil
        }
        return Int32(text)
    }
}
