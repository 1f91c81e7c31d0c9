extension View {
    /// `/settings`: sections of the configuration with their keys as text.
    static let settings = View(
        "/settings", one: "SettingsSection", many: "Settings", key: "section",
        [.list("settings_list"), .item("settings_list"), .change("general_settings", of: .all)])
}
