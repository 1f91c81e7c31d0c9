/// What a backup or snapshot schedule is given; nil leaves the key as it is.
package struct ScheduleSettings: Sendable, Hashable {
    /// True for a new schedule by default.
    package var isEnabled: Bool?
    /// Name of an archive or remote volume, or an id; backups only, a new one needs it.
    package var volume: String?
    /// 0 for a full backup, at most 9; backups only, a new one needs it.
    package var level: Int?
    /// Cron fields; for a new schedule minute `0` and `*` otherwise by default.
    package var fields: [CronField: String]
    /// `1w 3d` and the like; without it a backup never expires.
    package var expire: String?

    /// Nothing is changed by an argument that is left out.
    package init(
        isEnabled: Bool? = nil, volume: String? = nil, level: Int? = nil, fields: [CronField: String] = [:],
        expire: String? = nil
    ) {
        self.isEnabled = isEnabled
        self.volume = volume
        self.level = level
        self.fields = fields
        self.expire = expire
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try Document.check(level, in: 0...9, key: "Level")
        if let expire, TimeSpan(expire) == nil {
            throw EXAConfError.invalid("Expire: '\(TextRule.shown(expire))' is no duration; give one like '1w 3d'.")
        }
        for (field, text) in fields where !field.allows(text) {
            throw EXAConfError.invalid(
                "\(field.rawValue): '\(TextRule.shown(text))' is not allowed; "
                    + "use '*' or \(field.range.lowerBound) to \(field.range.upperBound).")
        }
        let head = [Assignment("Enabled", isEnabled), Assignment("Volume", volume), Assignment("Level", level)]
        let times = CronField.allCases.map { Assignment($0.rawValue, fields[$0]) }
        return head + times + [Assignment("Expire", expire)]
    }
}
