package import JobEngine

extension JobDefinition {
    /// `license_info`: the fields of the installed license.
    package static let licenseInfo = JobDefinition(
        name: "license_info", noun: "license", summary: "Fields of the license.", mode: .read,
        permission: .administration,
        result: "Dict with Contract, Exasol_DB_license and Limits; a limit is int or 'Unlimited'.",
        work: .look { (context) throws(JobError) in
            try LicenseFile.reading(context) { (text) throws(JobError) in
                do throws(JobError) {
                    return try License(text).value
                } catch {
                    throw JobError(.jobFailed, "The license file cannot be read: install another with license_upload.")
                }
            }
        }
    ).with {
        $0.answer = .license
        $0.recovery = .restart
    }
}
