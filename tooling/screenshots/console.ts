/** The console: an upload, its Share dialog, a refused file, the Kubernetes preview. */
import { file, type Camera } from './camera.ts';

export async function shootConsole({ page, shoot }: Camera, console: string): Promise<void> {
  await page.goto(console);
  const pick = page.locator('.uppy-Dashboard-input').first();
  await pick.setInputFiles([
    file('quarterly-report.pdf', 1_400_000, 'application/pdf'),
    file('team.jpg', 820_000, 'image/jpeg'),
    file('readings.csv', 96_000, 'text/csv'),
  ]);
  await page.getByRole('button', { name: 'Upload 3 files' }).click();
  await page.getByText('Complete').first().waitFor();
  await page.getByRole('radio', { name: 'team.jpg' }).waitFor();
  await page.getByRole('radio', { name: 'quarterly-report.pdf' }).check();
  // Uppy's own message about the finished upload passes by.
  await page.waitForTimeout(6000);
  await shoot('upload-finished');

  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Generate URL' }).click();
  await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
  await shoot('share-dialog');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Done' }).click();
  await pick.setInputFiles([file('quarterly-report.pdf', 1_500_000, 'application/pdf')]);
  await page.getByRole('button', { name: 'Upload 1 file' }).click();
  await page.getByRole('alert').getByText('exists already').first().waitFor();
  await page.waitForTimeout(6000);
  await shoot('upload-refused');

  await page.getByRole('link', { name: 'Kubernetes shares' }).click();
  await page.getByText('Admitted by the policy').waitFor();
  await shoot('kubernetes-preview');
}
