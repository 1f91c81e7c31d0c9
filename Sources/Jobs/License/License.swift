import EXAConf
import JobEngine
import Values

/// What a license grants, read out of its text: XML, JSON, or sections with `key = value` lines.
struct License {
    /// Largest text that is read, in bytes.
    static let sizeLimit = 1 << 20

    private let fields: [String: String]

    /// Reads a license.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` for an empty or too large text and for one without a known field.
    init(_ text: String) throws(JobError) {
        guard text.utf8.count <= Self.sizeLimit else { throw Self.refused("it is larger than 1 MiB") }
        guard !text.utf8.contains(0) else { throw Self.refused("it is no text") }
        var found: [String: String] = [:]
        for (name, value) in LicenseFields.read(text) {
            guard let known = Self.name(LicenseFields.plain(name)) else { continue }
            found[known] = found[known] ?? value
        }
        guard !found.isEmpty else { throw Self.refused("no field of a license was found in it") }
        fields = found
    }

    /// The license as `license_info` shows it.
    var value: Value {
        let contract = ["comment", "company_name", "distributor", "distributor_id", "license_id"]
        var entries = Dictionary(uniqueKeysWithValues: contract.map { ($0, Value.string(fields[$0] ?? "")) })
        entries["expiration_date"] = .string(fields["expiration_date"] ?? Self.unlimited)
        let limits = Self.limits.map { ($0, limit($0).map(Value.int) ?? .string(Self.unlimited)) }
        return [
            "Contract": .map(entries),
            "Exasol_DB_license": ["schema_version": .int(fields["schema_version"].flatMap { Int($0) } ?? 1)],
            "Limits": .map(Dictionary(uniqueKeysWithValues: limits)),
        ]
    }

    /// Memory all running databases may have together, in GiB; `nil` for no limit.
    var memoryLimit: Int? { limit("max_db_mem_size_in_gb") }

    /// The number a limit starts with; a unit behind it is the one its name says.
    private func limit(_ name: String) -> Int? {
        fields[name].flatMap { text in Int(String(text.unicodeScalars.prefix { ("0"..."9").contains($0) })) }
    }

    private static let unlimited = "Unlimited"
    private static let limits = [
        "max_db_mem_size_in_gb", "max_db_raw_data_size_in_gb", "max_nodes_per_cluster", "max_num_clusters",
    ]
    private static let names =
        limits + [
            "comment", "company_name", "distributor", "distributor_id", "license_id", "expiration_date",
            "schema_version",
        ]
    private static let known = Dictionary(uniqueKeysWithValues: names.map { (LicenseFields.plain($0), $0) })

    private static func name(_ plain: String) -> String? {
        switch plain {
        case "company", "customer": "company_name"
        case "licenseid", "licenceid", "licensenumber": "license_id"
        case "expires", "expiration", "validuntil": "expiration_date"
        default: known[plain]
        }
    }

    private static func refused(_ reason: String) -> JobError {
        .invalid("license", "'license' cannot be used: \(reason). Give the whole content of the license file.")
    }
}

extension Shape {
    /// The fields of a license.
    static let license = Shape.object(
        "LicenseInfoResult", text: "A license.",
        members: [
            .has(
                "Contract",
                .object(
                    "LicenseContract", text: "Who has the license.",
                    members: [
                        .has("comment", .str, like: ""), .has("company_name", .str, like: "ACME"),
                        .has("distributor", .str, like: ""), .has("distributor_id", .str, like: ""),
                        .has("expiration_date", .str, text: "A date, or Unlimited.", like: "Unlimited"),
                        .has("license_id", .str, like: "4711"),
                    ])),
            .has(
                "Exasol_DB_license",
                .object(
                    "LicenseSchema", text: "Its form.", members: [.has("schema_version", .int, text: "Its version.")])),
            .has("Limits", .dict(.limit), text: "Numbers, or Unlimited."),
        ])

    static let limit = Shape.either([.int, .str])
}
