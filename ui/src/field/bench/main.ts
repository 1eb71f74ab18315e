/** A phone on a desk: the driver's app in a frame, and switches for what a real phone would meet. */
import { mount } from 'svelte';
import '../../style/tokens.css';
import '../../style/base.css';
import { httpHost } from '../../host/http';
import { language } from '../../text';
import Bench from './Bench.svelte';
import { Desk } from './desk.svelte';

language.apply();
const desk = new Desk(httpHost);
void desk.begin();
const target = document.getElementById('app');
if (target) mount(Bench, { target, props: { desk } });
