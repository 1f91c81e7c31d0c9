import JobEngine

extension Timestamp {
    /// The moment as C's `asctime` prints it, in UTC: `Tue Jul  7 14:14:07 2020`.
    var asctime: String {
        // The RFC 3339 form has fixed places from its end on: 2020-07-07T14:14:07.000Z.
        let parts = description.split { "-T.:Z".contains($0) }
        guard parts.count >= 6, let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month) else {
            return description
        }
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let weekday = Self.weekdays[((days + 4) % 7 + 7) % 7]
        let date = day < 10 ? " \(day)" : "\(day)"
        return "\(weekday) \(Self.months[month - 1]) \(date) \(parts[3]):\(parts[4]):\(parts[5]) \(parts[0])"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
