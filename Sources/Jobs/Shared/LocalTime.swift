import EXAConf
import JobEngine
import Values

// Dates and times of day without an offset are those of the cluster's clocks, `[Global] Timezone`; those of logs are of
// UTC, as the logs are.

extension Timestamp {
    /// Date and minute, such as `2025-04-17 14:56`.
    func minute(by clock: WallClock) -> String {
        String(clock.shown(at: self).description.prefix(16)).replacing("T", with: " ")
    }

    /// The same as one number, `202504171456`.
    func compactMinute(by clock: WallClock) -> String { minute(by: clock).filter { $0.isNumber } }

    /// As C's `asctime` prints it: `Tue Jul  7 14:14:07 2020`.
    func asctime(by clock: WallClock) -> String {
        let shown = clock.shown(at: self)
        // The RFC 3339 form has fixed places from its end on: 2020-07-07T14:14:07.000Z.
        let parts = shown.description.split { "-T.:Z".contains($0) }
        guard parts.count >= 6, let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month) else {
            return shown.description
        }
        let days = Int((Double(shown.milliseconds) / 86_400_000).rounded(.down))
        let weekday = Self.weekdays[((days + 4) % 7 + 7) % 7]
        let date = day < 10 ? " \(day)" : "\(day)"
        return "\(weekday) \(Self.months[month - 1]) \(date) \(parts[3]):\(parts[4]):\(parts[5]) \(parts[0])"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

extension JobContext {
    /// The moment a parameter names, as `YYYY-MM-DD hh:mm:ss` by some clocks or as RFC 3339; `nil` when it was left out.
    func moment(_ parameter: String, by clock: WallClock) throws(JobError) -> Timestamp? {
        guard let text = arguments.string(parameter) else { return nil }
        if let moment = Timestamp(text) { return moment }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let local = Timestamp("\(parts[0])T\(parts[1])Z") else {
            throw .invalid(parameter, "'\(parameter)': give a time like 2026-01-04 13:15:00, or 2026-01-04T13:15:00Z.")
        }
        return clock.moment(showing: local)
    }
}
