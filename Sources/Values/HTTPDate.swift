/// Dates as headers have them (RFC 9110, 5.6.7).
package enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// Years 0 to 9999, as four digits can name them.
    private static let seconds = -62_167_219_200...253_402_300_799

    /// - Parameter second: Since 1970; the nearest one with a year of four digits is taken.
    package static func text(_ second: Int) -> String {
        let second = min(max(second, seconds.lowerBound), seconds.upperBound)
        let (day, time) = second.flooredQuotientAndRemainder(dividingBy: 86_400)
        let date = Timestamp.date(day: day)
        let weekday = days[day.flooredQuotientAndRemainder(dividingBy: 7).remainder]
        return "\(weekday), \(digits(date.day)) \(months[date.month - 1]) \(digits(date.year, 4)) "
            + "\(digits(time / 3600)):\(digits(time / 60 % 60)):\(digits(time % 60)) GMT"
    }

    /// The second since 1970 a date names, in one of the three forms clients may use; `nil` for what is no date, or none
    /// that exists.
    package static func second(_ text: String) -> Int? {
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
        // Two digits are of 1970 to 2069.
        let fullYear = year >= 100 ? year : year >= 70 ? year + 1900 : year + 2000
        let midnight = Timestamp("\(digits(fullYear, 4))-\(digits(month + 1))-\(digits(day))T00:00:00Z")
        return midnight.map { $0.milliseconds / 1000 + hour * 3600 + minute * 60 + second }
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        let isNumber = (1...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber ? Int(text) : nil
    }

    private static func digits(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
