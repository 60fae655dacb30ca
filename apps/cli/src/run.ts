import { redact, ValetkeyError } from '@valetkey/core';
import { Command, CommanderError } from 'commander';
import { completionCommand, completionNamesCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { getCommand } from './commands/get.ts';
import { k8sCommand } from './commands/k8s.ts';
import { policyCompileCommand } from './commands/policy-compile.ts';
import { policyExplainCommand } from './commands/policy-explain.ts';
import { policyLintCommand } from './commands/policy-lint.ts';
import { policyTestCommand } from './commands/policy-test.ts';
import { postFormCommand } from './commands/post-form.ts';
import { presignCommand } from './commands/presign.ts';
import { putCommand } from './commands/put.ts';
import { sendCommand } from './commands/send.ts';
import { verifyCommand } from './commands/verify.ts';
import { AnswerIsNo, exitCodeOf, exitCodes } from './exit-code.ts';
import type { Io } from './io.ts';
import { packageVersion } from './package-version.ts';

const help = `
Exit status: 0 done, 1 failed, 2 wrong usage or input, 3 no usable credentials,
130 interrupted.
Credentials come from --profile, the configuration or the AWS chain; never from a flag.
`;

/** The whole command tree. */
export function createProgram(io: Io): Command {
  const program = new Command('valetkey')
    .description('Make S3 presigned URLs from a shell, and render what a Share would publish.')
    .addHelpText('after', help)
    .addCommand(presignCommand(io))
    .addCommand(postFormCommand(io))
    .addCommand(getCommand(io))
    .addCommand(putCommand(io))
    .addCommand(sendCommand(io))
    .addCommand(explainCommand(io))
    .addCommand(verifyCommand(io))
    .addCommand(doctorCommand(io))
    .addCommand(
      new Command('policy')
        .description('Ask policies, without a store and without credentials.')
        .addCommand(policyCompileCommand(io))
        .addCommand(policyExplainCommand(io))
        .addCommand(policyLintCommand(io))
        .addCommand(policyTestCommand(io)),
    )
    .addCommand(k8sCommand(io))
    .addCommand(completionCommand(io))
    .addCommand(completionNamesCommand(io), { hidden: true });
  return configured(program, io);
}

/** `kubectl valetkey`: the commands about Shares and nothing else. */
export function createKubectlPlugin(io: Io): Command {
  return configured(k8sCommand(io, 'kubectl valetkey'), io);
}

/** Runs one command line and returns its exit status; never throws for what a user can cause. */
export async function run(
  args: readonly string[],
  io: Io,
  create: (io: Io) => Command = createProgram,
): Promise<number> {
  try {
    await create(io).parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof AnswerIsNo) return exitCodes.failed;
    if (error instanceof ValetkeyError) {
      io.stderr(`valetkey: ${error.code}: ${redact(error.message)}\n`);
      return exitCodeOf(error.code);
    }
    const message = error instanceof Error ? error.message : String(error);
    io.stderr(`valetkey: unexpected error: ${redact(message)}\n`);
    return exitCodes.failed;
  }
}

/** A command and everything below it. */
function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((child) => allCommands(child))];
}

function configured(program: Command, io: Io): Command {
  program.version(packageVersion(), '--version', 'print the version');
  for (const command of allCommands(program)) {
    command
      .exitOverride()
      // The parser repeats what it does not understand, which may be a URL in the wrong place.
      .configureOutput({ writeOut: io.stdout, writeErr: (text) => io.stderr(redact(text)) })
      .showHelpAfterError('Run with --help for options and examples.');
  }
  return program;
}
