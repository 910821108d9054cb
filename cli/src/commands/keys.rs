//! Reads the keys that flags name. A passphrase that no file holds is asked for on the terminal.

use crate::args::seal::{SealFlags, UnsealFlags};
use crate::output::CliError;
use libcr::seal::{
    Keys, PublicKeys, Recipients, SealError, Sealing, SigningKey, Unsealing, passphrase,
};

/// What a checkpoint is sealed with.
pub fn sealing(flags: &SealFlags) -> Result<Sealing, CliError> {
    Ok(Sealing {
        recipients: Recipients::read(&flags.encrypt_to).map_err(failed)?,
        signing_key: flags
            .sign_by
            .as_ref()
            .map(|file| signing_key(file, flags))
            .transpose()?,
    })
}

fn signing_key(file: &str, flags: &SealFlags) -> Result<SigningKey, CliError> {
    let given = flags.sign_passphrase_file.as_deref().map(passphrase);
    let given = given.transpose().map_err(failed)?;
    match SigningKey::read(file, given.as_deref().map(String::as_str)) {
        Err(error @ SealError::Locked { .. }) => {
            let asked = rpassword::prompt_password(format!("Passphrase of {file}: "));
            // Without a terminal, where it could be given instead is what helps.
            let asked = asked.map_err(|_| failed(error))?;
            SigningKey::read(file, Some(&asked)).map_err(failed)
        }
        read => read.map_err(failed),
    }
}

/// What opens and proves it.
pub fn unsealing(flags: &UnsealFlags) -> Result<Unsealing, CliError> {
    let verify_with = PublicKeys::read("--verify-with", &flags.verify_with).map_err(failed)?;
    Ok(Unsealing {
        keys: Keys::read(&flags.decrypt_with).map_err(failed)?,
        verify_with: (!verify_with.is_empty()).then_some(verify_with),
        require_signature: flags.require_signature,
    })
}

fn failed(error: SealError) -> CliError {
    libcr::Error::from(error).into()
}
