import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `license_upload`: installs a license on every node that can be reached; answers its fields.
    package static let licenseUpload = JobDefinition(
        name: "license_upload", noun: "license", summary: "Install a new license; it may take minutes to be effective.",
        mode: .modify, permission: .administration, result: "Dict as of license_info.",
        work: .act { (context, document) throws(JobError) in
            let text = try context.arguments.required("license")
            let license = try License(text).value
            if document.global.licenseFile == nil {
                try document.edit { (draft) throws(EXAConfError) in try draft.setLicenseFile(LicenseFile.standard) }
            }
            let path = document.global.licenseFile ?? LicenseFile.standard
            let install = LicenseInstall(text, at: path)
            let commands = try context.reachableNodes.map { (node) throws(JobError) in try Command(install, on: node) }
            var plan = Plan(commands: commands.sideBySide) { (_) throws(JobError) in license }
            plan.makesRevision = true
            plan.files = [RevisionFile(.license, at: path, text, mode: 0o600)].compactMap(\.self)
            return plan
        }
    ).with {
        $0.answer = .license
        $0.undoes = .undoes(of: LicenseInstall.self)
        $0.takesLongArguments = true
        $0.mandatory = [Parameter("license", .str, text: "Contents of the license file.")]
        $0.example = ["license": "<contents>"]
    }
}
