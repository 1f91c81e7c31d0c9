extension View {
    /// `/license`: what the cluster may use.
    static let license = View(
        "/license", one: "License",
        [
            .item("license_info"), .replace("license_upload"), .details("check", "license_run_check"),
            .part("text", "license_download"),
        ])
}
