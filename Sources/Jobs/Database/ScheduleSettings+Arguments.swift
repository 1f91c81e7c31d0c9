import EXAConf
import JobEngine
import Values

extension ScheduleSettings {
    /// Keys of a schedule and the parameters they are set by.
    static let parameters = [
        "Level": "level", "Minute": "minute", "Hour": "hour", "Day": "day", "Month": "month", "Weekday": "weekday",
        "Expire": "expire",
    ]

    /// Everything but the volume.
    init(_ arguments: Arguments) {
        let fields = CronField.allCases.compactMap { field in
            arguments.text(field.rawValue.lowercased()).map { (field, $0) }
        }
        self.init(
            isEnabled: arguments.bool("enabled"), level: arguments.int("level"),
            fields: Dictionary(fields) { first, _ in first }, expire: arguments.text("expire"))
    }
}

extension Parameter {
    /// The five times of a schedule in alphabetical order, with their defaults or without.
    static func scheduleTimes(withDefaults: Bool) -> [Parameter] {
        let texts: [(name: String, text: String)] = [
            ("day", "Day of month as in cron: 1-31 or *."), ("hour", "Hour as in cron: 0-23 or *."),
            ("minute", "Minute as in cron: 0-59 or *."), ("month", "Month as in cron: 1-12 or *."),
            ("weekday", "Weekday as in cron: 0-7, an English day name, or *."),
        ]
        return texts.map { name, text in
            let standard: Value = name == "minute" ? "0" : "*"
            return Parameter(name, .str, .int, text: text, default: withDefaults ? standard : nil)
        }
    }
}
