const KEPT_AS = 'livywire-report-theme';

/** A page from a file may have no storage: then the choice lasts as long as the page. */
function kept(): string | undefined {
  try {
    return localStorage.getItem(KEPT_AS) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(theme: string): void {
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // shown all the same
  }
}

/** Light or dark: as the system says, until somebody says otherwise. */
export function followThemeButton(): void {
  const button = document.getElementById('theme');
  if (!button) return;
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = (): boolean => (root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark';
  const label = (): void => {
    button.textContent = isDark() ? 'Light colours' : 'Dark colours';
  };
  const before = kept();
  if (before === 'dark' || before === 'light') root.dataset.theme = before;
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    root.dataset.theme = theme;
    keep(theme);
    label();
  });
  prefersDark.addEventListener('change', label);
  label();
}
