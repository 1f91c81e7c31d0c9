extension View {
    /// `/license`: what the cluster may use.
    static let license = View(
        "/license", one: "License",
        [
            .item("license_info"), .replace("license_upload"), .details("check", "license_run_check"),
            .part("text", "license_download"),
        ],
        members: [
            "Contract": Schema.map("Whom it was given to, by whom, and until when."),
            "Exasol_DB_license": Schema.map("The version of its form."),
            "Limits": Schema.map("Numbers, or 'Unlimited'."),
        ])
}
