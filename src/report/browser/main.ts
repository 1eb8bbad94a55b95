/** What the page does beyond being read: the charts, the search in the log, the choice of colours. */
import type { ChartData } from '../chart-data.js';
import { drawCharts } from './charts.js';
import { followLogControls } from './log-controls.js';
import { followThemeButton } from './theme.js';

document.documentElement.classList.add('has-script');
followThemeButton();
followLogControls();
const data = document.getElementById('chart-data');
if (data) drawCharts(JSON.parse(data.textContent ?? '') as ChartData);

// What is folded away is printed, too.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
